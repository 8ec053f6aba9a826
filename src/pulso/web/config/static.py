"""Files of the site under names that carry their digest: a browser keeps them for good."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """As WhiteNoise has it; a file that was never gathered (in tests) is served by its own name."""

    manifest_strict = False
