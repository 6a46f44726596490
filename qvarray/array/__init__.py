"""The array that users hold: `VirtualQArray`, its views, methods, flags and display."""
