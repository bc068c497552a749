// Sigstore's timestamp authority, for tests: the server of its own `timestamp-server serve`, which besides listens for
// metrics on a port that cannot be chosen, so that two of them cannot run on one machine.
package main

import (
	"flag"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/sigstore/timestamp-authority/v2/pkg/log"
	"github.com/sigstore/timestamp-authority/v2/pkg/server"
	"github.com/spf13/viper"
)

const library = "github.com/sigstore/timestamp-authority/v2"

func main() {
	port := flag.Int("port", 0, "port to listen on, on loopback")
	version := flag.Bool("version", false, "print the version of the timestamp authority and end")
	flag.Parse()

	if *version {
		fmt.Println(libraryVersion())
		return
	}
	// A new key and its certificates, which live as long as this process; the rest as `serve` has it unless told.
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("max-request-body-size", 1048576)
	log.ConfigureLogger("prod")
	api := server.NewRestAPIServer("127.0.0.1", *port, []string{"http"}, false, 30*time.Second, 30*time.Second)
	log.Logger.Fatal(api.Serve())
}

// The version that was linked in, so that nobody has to keep a second one in step with go.mod.
func libraryVersion() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		log.Logger.Fatal("this program was built without module information")
	}
	for _, module := range build.Deps {
		if module.Path == library {
			return module.Version
		}
	}
	log.Logger.Fatal("this program was built without " + library)
	return ""
}
