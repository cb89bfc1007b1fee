"""What tiers may look like."""

from __future__ import annotations

LOGO_HEIGHTS = (64, 44, 32)
"""Pixels: the first, second and further tiers."""
