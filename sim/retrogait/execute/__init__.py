"""Where the cases of a study are worked on: in this process, in processes beside it, or on a cluster.

An executor knows nothing of gait. It takes a recipe, which makes the function that handles one item, and
items that can be pickled, and yields every answer as it comes. The recipe is followed once in each process,
so what is dear to make, such as a compiled model, is made once and never sent.

What is handled are the tasks of `retrogait.execute.runner`, under the keys of `retrogait.execute.keys`.
"""

from retrogait.execute.base import Executor, Lost, Recipe
from retrogait.execute.processes import Processes
from retrogait.execute.serial import Serial

__all__ = ["Executor", "Lost", "Processes", "Recipe", "Serial"]
