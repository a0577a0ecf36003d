"""Quầy Một Cửa: the one-stop desk (Bộ phận Một cửa) of a Vietnamese office."""

__version__ = "0.1.0"
