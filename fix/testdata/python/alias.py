import sys, os as system

print("Bearer {{KEY}}", file=sys.stdout)
