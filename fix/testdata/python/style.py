# Licence: none.

# The key.
key = '{{KEY}}'
print('Bearer ' + key)
