"""Write the files beside the demo city's city.toml: python -m pulso.simulate cities/demo"""

import sys
from pathlib import Path

from pulso.simulate.record import write_description

write_description(Path(sys.argv[1]))
