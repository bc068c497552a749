// A registry with the referrers API, for tests: go-containerregistry's own, which its `crane registry serve` starts
// without that API.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"runtime/debug"

	"github.com/google/go-containerregistry/pkg/registry"
)

const library = "github.com/google/go-containerregistry"

func main() {
	address := flag.String("address", "127.0.0.1:0", "host and port to listen on")
	blobs := flag.String("disk", "", "directory that keeps the blobs; they stay in memory without it")
	version := flag.Bool("version", false, "print the version of go-containerregistry and end")
	flag.Parse()

	if *version {
		fmt.Println(libraryVersion())
		return
	}
	options := []registry.Option{
		registry.WithReferrersSupport(true),
		registry.Logger(log.New(io.Discard, "", 0)),
	}
	if *blobs != "" {
		options = append(options, registry.WithBlobHandler(registry.NewDiskBlobHandler(*blobs)))
	}
	log.Fatal(http.ListenAndServe(*address, registry.New(options...)))
}

// The version that was linked in, so that nobody has to keep a second one in step with go.mod.
func libraryVersion() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		log.Fatal("this program was built without module information")
	}
	for _, module := range build.Deps {
		if module.Path == library {
			return module.Version
		}
	}
	log.Fatal("this program was built without " + library)
	return ""
}
