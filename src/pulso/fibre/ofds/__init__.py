"""The Open Fibre Data Standard (Open Telecoms Data), versions 0.3 and 0.4: networks read, checked and written.

`read` and `parse` give a Package of Plans with findings; `files` writes Plans; see docs/reference/fibre-files.md.
"""

from pulso.fibre.ofds.files import FORMS, Form, Package, Written, files, parse, read, write, zipped
from pulso.fibre.ofds.standard import VERSIONS, Version

__all__ = ["FORMS", "VERSIONS", "Form", "Package", "Version", "Written", "files", "parse", "read", "write", "zipped"]
