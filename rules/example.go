package rules

// IsPlaceholder reports whether secret, a raw token or what follows neo_sk_<env>_, only
// stands for one: the guides' own samples do, and what people write in a key's place.
func IsPlaceholder(secret string) bool { return placeholder(secret) }
