// The key.
let key = "{{KEY}}"
print("Bearer " + key)
