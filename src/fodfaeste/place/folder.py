"""A problem and a plan as folders: the front door to reading and writing both."""

from pathlib import Path

from fodfaeste.place.folder_read import Reading, read_folder
from fodfaeste.place.folder_write import FileFormat, write_problem
from fodfaeste.place.plan_folder import read_plan, write_plan
from fodfaeste.place.problem import Problem

__all__ = ["FileFormat", "Reading", "read_folder", "read_plan", "read_problem", "write_plan", "write_problem"]


def read_problem(folder: Path) -> Problem:
    """Read a problem from a folder; `read_folder` gives its notes as well.

    Raises
    ------
    BadInput
        With the file, row and column of whatever is wrong.
    """
    return read_folder(folder).problem
