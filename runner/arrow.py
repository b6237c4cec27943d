"""Arrow under names that the type checker can live with.

The library ships no types and makes its functions at run time, so reading its source yields nothing but errors.
"""

import importlib
from typing import Any, TypeAlias

pa: Any = importlib.import_module("pyarrow")
pc: Any = importlib.import_module("pyarrow.compute")

Array: TypeAlias = Any
DataType: TypeAlias = Any
RecordBatch: TypeAlias = Any
Table: TypeAlias = Any
