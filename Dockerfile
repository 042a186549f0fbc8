# docker build -t neokeys . && docker run --rm -v "$PWD:/scan:ro" neokeys scan
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/neokeys/neokeys/internal/version.release=${VERSION}" -o /neokeys .

FROM scratch
# --verify checks the API's certificate against these.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /neokeys /neokeys
USER 65532:65532
WORKDIR /scan
ENTRYPOINT ["/neokeys"]
