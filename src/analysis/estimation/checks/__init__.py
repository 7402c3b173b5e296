"""What speaks for or against a design: checks, sensitivity, specification curves and power."""
