def key = '{{KEY}}'
def header = "Bearer {{KEY}}"
def single = 'Bearer {{KEY}}'
println key + header + single
