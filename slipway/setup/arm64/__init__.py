"""`./lab test --arm64`: the images for arm64, and each program in them, started on any processor."""
