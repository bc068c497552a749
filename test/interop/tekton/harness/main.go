// Command harness asks Tekton's own code what a cluster would say about YAML files: `validate` is the
// admission webhook, `pod` is the part of the TaskRun reconciler that ends in a Pod. Nothing is contacted.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tektoncd/pipeline/pkg/apis/config"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"knative.dev/pkg/apis"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

const usage = "usage: harness validate FILE... | harness pod TASK.yaml TASKRUN.yaml"

// object is what the webhook needs of every kind it admits.
type object interface {
	metav1.Object
	apis.Defaultable
	apis.Validatable
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "harness:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	ctx, err := clusterContext()
	if err != nil {
		return err
	}
	switch {
	case len(args) >= 2 && args[0] == "validate":
		return validate(ctx, args[1:])
	case len(args) == 3 && args[0] == "pod":
		pod, err := buildPod(ctx, args[1], args[2])
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(pod)
	}
	return errors.New(usage)
}

// clusterContext is a cluster whose ConfigMaps nobody has edited: every feature flag has its default.
func clusterContext() (context.Context, error) {
	cfg := config.FromContextOrDefaults(context.Background())
	var err error
	if cfg.FeatureFlags, err = config.NewFeatureFlagsFromMap(map[string]string{}); err != nil {
		return nil, fmt.Errorf("reading the default feature flags: %w", err)
	}
	if cfg.Defaults, err = config.NewDefaultsFromMap(map[string]string{}); err != nil {
		return nil, fmt.Errorf("reading the default settings: %w", err)
	}
	return apis.WithinCreate(config.ToContext(context.Background(), cfg)), nil
}

// validate reports on every document of every file, because one run should name every mistake.
func validate(ctx context.Context, files []string) error {
	failed := 0
	for _, file := range files {
		documents, err := readDocuments(file)
		if err == nil && len(documents) == 0 {
			err = errors.New("no YAML document in it")
		}
		if err != nil {
			failed++
			fmt.Printf("error %s: %v\n", file, err)
		}
		for i, document := range documents {
			kind, obj, err := admit(ctx, document)
			if err != nil {
				failed++
				// One line per document, also where several fields are refused.
				fmt.Printf("error %s document %d: %s\n", file, i+1, strings.ReplaceAll(err.Error(), "\n", "; "))
				continue
			}
			fmt.Printf("ok %s %s/%s\n", file, kind, obj.GetName())
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d refused", failed)
	}
	return nil
}

// admit decodes strictly, defaults and validates, in the order of the webhook: Validate assumes the defaults.
func admit(ctx context.Context, document []byte) (string, object, error) {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal(document, &meta); err != nil {
		return "", nil, fmt.Errorf("reading apiVersion and kind: %w", err)
	}
	obj, err := newObject(meta)
	if err != nil {
		return "", nil, err
	}
	asJSON, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return "", nil, fmt.Errorf("converting %s to JSON: %w", meta.Kind, err)
	}
	// yaml.UnmarshalStrict would take `Steps:` for `steps:`, as encoding/json does; the API server would not.
	strict, err := kjson.UnmarshalStrict(asJSON, obj)
	if err = errors.Join(append(strict, err)...); err != nil {
		return "", nil, fmt.Errorf("decoding %s: %w", meta.Kind, err)
	}
	obj.SetDefaults(ctx)
	// The API server generates the name between the defaulting and the validating webhook.
	if obj.GetName() == "" && obj.GetGenerateName() != "" {
		obj.SetName(obj.GetGenerateName() + "00000")
	}
	// A nil *apis.FieldError stored in an error is not nil, so it must not be returned directly.
	if invalid := obj.Validate(ctx); invalid != nil {
		return "", nil, fmt.Errorf("validating %s %q: %w", meta.Kind, obj.GetName(), invalid)
	}
	return meta.Kind, obj, nil
}

func newObject(meta metav1.TypeMeta) (object, error) {
	switch meta.APIVersion + " " + meta.Kind {
	case "tekton.dev/v1 Task":
		return &v1.Task{}, nil
	case "tekton.dev/v1 TaskRun":
		return &v1.TaskRun{}, nil
	case "tekton.dev/v1 Pipeline":
		return &v1.Pipeline{}, nil
	case "tekton.dev/v1 PipelineRun":
		return &v1.PipelineRun{}, nil
	case "tekton.dev/v1beta1 StepAction":
		return &v1beta1.StepAction{}, nil
	}
	return nil, fmt.Errorf("apiVersion %q kind %q is not one this harness knows", meta.APIVersion, meta.Kind)
}

func readDocuments(file string) ([][]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading: %w", err)
	}
	var documents [][]byte
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, fmt.Errorf("splitting into documents: %w", err)
		}
		var value any
		if err := yaml.Unmarshal(document, &value); err != nil {
			return nil, fmt.Errorf("parsing YAML: %w", err)
		}
		// A document of comments only, such as a licence header before the first `---`, is not an object.
		if value != nil {
			documents = append(documents, document)
		}
	}
}
