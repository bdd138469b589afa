// What Kubernetes' own decoder reads in a stream of manifests.
//
// stdin: any number of `LENGTH\n` + that many bytes. stdout: one line of JSON for each:
// {"docs":[...]} or {"docs":[... those before the error],"error":"..."}.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// The size of the decoder's look-ahead for JSON; kubectl uses the same.
const lookAhead = 4096

type answer struct {
	Docs  []json.RawMessage `json:"docs"`
	Error string            `json:"error,omitempty"`
}

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	for {
		stream, err := next(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(2)
		}
		line := json.NewEncoder(out)
		line.SetEscapeHTML(false)
		if err := line.Encode(read(stream)); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(2)
		}
		// Whoever asks one at a time waits for the line.
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
	out.Flush()
}

func next(in *bufio.Reader) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return nil, io.EOF
	}
	length, err := strconv.Atoi(strings.TrimSpace(head))
	if err != nil {
		return nil, fmt.Errorf("a length was expected: %w", err)
	}
	stream := make([]byte, length)
	_, err = io.ReadFull(in, stream)
	return stream, err
}

func read(stream []byte) (result answer) {
	result.Docs = []json.RawMessage{}
	// The decoder panics on some inputs; its caller in the apiserver recovers as well.
	defer func() {
		if panicked := recover(); panicked != nil {
			result.Error = fmt.Sprint("panic: ", panicked)
		}
	}()
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), lookAhead)
	for {
		var document json.RawMessage
		if err := decoder.Decode(&document); err != nil {
			if !errors.Is(err, io.EOF) {
				result.Error = err.Error()
			}
			return result
		}
		if len(document) == 0 {
			document = json.RawMessage("null")
		}
		result.Docs = append(result.Docs, document)
	}
}
