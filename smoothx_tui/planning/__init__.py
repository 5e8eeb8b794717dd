"""Item + settings -> plan. Pure: no input or output, no clock."""
