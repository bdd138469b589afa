// Argo CD's repo-server and cmp-server, built from its Go module as servers for the tests: the name it is run by says which. Never shipped.
package main

import (
	"os"
	"path/filepath"

	cmpserver "github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
)

func main() {
	command := reposerver.NewCommand()
	if filepath.Base(os.Args[0]) == "argocd-cmp-server" {
		command = cmpserver.NewCommand()
	}
	if command.Execute() != nil {
		os.Exit(1)
	}
}
