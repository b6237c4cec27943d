"""PyArrow without types: its wheel ships none, and half of its functions exist only at run time."""

import importlib
from typing import Any

pa: Any = importlib.import_module("pyarrow")
pc: Any = importlib.import_module("pyarrow.compute")
