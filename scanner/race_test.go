//go:build race

package scanner

// raceDetector tells that each access to memory takes many times as long.
const raceDetector = true
