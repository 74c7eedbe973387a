//! One file per noun: its SQL as named text at the top, its sealed columns, its rows.
