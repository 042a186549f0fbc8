package main

func system(os string) string {
	return os + "{{KEY}}"
}
