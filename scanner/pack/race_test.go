//go:build race

package pack

// raceDetector says whether tests run with the race detector, under which garbage is collected later.
const raceDetector = true
