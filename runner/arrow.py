"""Arrow under names that the type checker can live with.

The library ships no types and makes its functions at run time, so reading its source yields nothing but errors.
"""

import importlib
from typing import Any, TypeAlias

pa: Any = importlib.import_module("pyarrow")
pc: Any = importlib.import_module("pyarrow.compute")

# What Arrow's own pool frees it keeps for later; the system's gives it back. It is as fast here, and needs less.
pa.set_memory_pool(pa.system_memory_pool())

Array: TypeAlias = Any
DataType: TypeAlias = Any
RecordBatch: TypeAlias = Any
Table: TypeAlias = Any
