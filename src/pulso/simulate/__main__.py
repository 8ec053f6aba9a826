"""Write the files beside the demo city's city.toml: python -m pulso.simulate cities/demo"""

import argparse
from pathlib import Path

from pulso.simulate.record import write_description

asked = argparse.ArgumentParser(
    prog="python -m pulso.simulate", description="Write zones, sensors, calendar and events beside a city.toml."
)
asked.add_argument("folder", type=Path, help="the folder of the simulated city, such as cities/demo")
write_description(asked.parse_args().folder)
