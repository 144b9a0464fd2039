"""From a register of achievements and a register of needs to docking shortlists, offline and explained."""

__version__ = "0.1.0"
