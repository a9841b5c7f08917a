"""The statement layouts Munshi knows: a module each, gathered here. A new layout is a module beside these."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analytics.ingest.layout import Layout
from analytics.ingest.layouts import axis, google_pay, hdfc, icici, kotak, paytm, phonepe, pnb, sbi

__all__ = ["LAYOUTS"]

#: Name → layout.
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for module in (hdfc, sbi, icici, axis, kotak, pnb, phonepe, google_pay, paytm)
        for layout in module.LAYOUTS
    }
)
