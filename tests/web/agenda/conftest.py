from tests.web.people.conftest import municipality, person

__all__ = ["municipality", "person"]
