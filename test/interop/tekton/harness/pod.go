package main

import (
	"context"
	"fmt"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	podconvert "github.com/tektoncd/pipeline/pkg/pod"
	"github.com/tektoncd/pipeline/pkg/reconciler/taskrun"
	"github.com/tektoncd/pipeline/pkg/reconciler/taskrun/resources"
	"github.com/tektoncd/pipeline/pkg/reconciler/volumeclaim"
	"github.com/tektoncd/pipeline/pkg/workspace"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"knative.dev/pkg/kmap"
	"knative.dev/pkg/kmeta"
)

// A cluster assigns these; fixed values keep the Pod the same from run to run, so that it can be compared.
const (
	namespace = "slipway-interop"
	runUID    = types.UID("00000000-0000-4000-8000-000000000001")
)

// buildPod follows prepare, reconcile and createPod of Tekton's pkg/reconciler/taskrun/taskrun.go, in their
// order: later substitutions run over text that earlier ones inserted, so the order is part of the result.
func buildPod(ctx context.Context, taskFile, runFile string) (*corev1.Pod, error) {
	task, stepActions, err := readTask(ctx, taskFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", taskFile, err)
	}
	tr, err := readTaskRun(ctx, runFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", runFile, err)
	}
	if tr.Spec.TaskRef == nil || tr.Spec.TaskRef.Name != task.Name {
		return nil, fmt.Errorf("%s: spec.taskRef.name must be %q, the Task of %s", runFile, task.Name, taskFile)
	}
	tr.Annotations = kmap.Union(task.Annotations, tr.Annotations)
	tr.Labels = kmap.Union(task.Labels, tr.Labels)
	tr.Labels[pipeline.TaskLabelKey] = task.Name

	kube := kubefake.NewSimpleClientset(&corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: tr.Spec.ServiceAccountName, Namespace: tr.Namespace},
	})
	ts := &task.Spec
	if ts.Steps, err = resources.GetStepActionsData(ctx, *ts, tr, tektonfake.NewSimpleClientset(stepActions...), kube, nil); err != nil {
		return nil, fmt.Errorf("resolving StepActions of Task %q: %w", task.Name, err)
	}
	if err := checkRun(ctx, task, tr); err != nil {
		return nil, fmt.Errorf("checking TaskRun %q against Task %q: %w", tr.Name, task.Name, err)
	}

	tr.Spec.Workspaces = claimTemplates(tr)
	resources.ApplyParametersToWorkspaceBindings(ts, tr)
	volumes := workspace.CreateVolumes(tr.Spec.Workspaces)
	params := ts.Params
	ts = resources.ApplyParameters(ts.DeepCopy(), tr, params...)
	ts = resources.ApplyContexts(ts, task.Name, tr)
	ts = resources.ApplyResults(ts)
	ts = resources.ApplyArtifacts(ts)
	ts = resources.ApplyStepExitCodePath(ts)
	ts = resources.ApplyWorkspaces(ctx, ts, ts.Workspaces, tr.Spec.Workspaces, volumes)

	if invalid := v1.ValidateUsageOfDeclaredParameters(ctx, ts.Steps, ts.Params); invalid != nil {
		return nil, fmt.Errorf("checking parameters after substitution: %w", invalid)
	}
	if invalid := ts.Validate(ctx); invalid != nil {
		return nil, fmt.Errorf("validating the Task after substitution: %w", invalid)
	}
	if ts, err = workspace.Apply(ctx, *ts, tr.Spec.Workspaces, volumes); err != nil {
		return nil, fmt.Errorf("mounting workspaces: %w", err)
	}
	ts = resources.ApplyCredentialsPath(ts, pipeline.CredsDir)
	if tr.Spec.PodTemplate != nil {
		tr.Spec.PodTemplate = resources.ApplyPodTemplateReplacements(tr.Spec.PodTemplate, tr, params...)
	}

	builder := podconvert.Builder{
		Images: pipeline.Images{
			EntrypointImage: "tekton/entrypoint", SidecarLogResultsImage: "tekton/sidecarlogresults",
			NopImage: "tekton/nop", ShellImage: "tekton/shell", ShellImageWin: "tekton/shell-win",
			WorkingDirInitImage: "tekton/workingdirinit",
		},
		KubeClient: kube,
	}
	pod, err := builder.Build(ctx, tr, *ts)
	if err != nil {
		return nil, fmt.Errorf("building the Pod of TaskRun %q: %w", tr.Name, err)
	}
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	return pod, nil
}

// readTask takes one Task; StepActions in the same file stand for those installed in its namespace.
func readTask(ctx context.Context, file string) (*v1.Task, []runtime.Object, error) {
	documents, err := readDocuments(file)
	if err != nil {
		return nil, nil, err
	}
	var task *v1.Task
	var stepActions []runtime.Object
	for i, document := range documents {
		_, obj, err := admit(ctx, document)
		if err != nil {
			return nil, nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		switch o := obj.(type) {
		case *v1.Task:
			if task != nil {
				return nil, nil, fmt.Errorf("document %d: a second Task", i+1)
			}
			task = o
		case *v1beta1.StepAction:
			o.Namespace = namespace
			stepActions = append(stepActions, o)
		default:
			return nil, nil, fmt.Errorf("document %d: neither Task nor StepAction", i+1)
		}
	}
	if task == nil {
		return nil, nil, fmt.Errorf("no Task in it")
	}
	return task, stepActions, nil
}

func readTaskRun(ctx context.Context, file string) (*v1.TaskRun, error) {
	documents, err := readDocuments(file)
	if err != nil {
		return nil, err
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("%d YAML documents, one TaskRun expected", len(documents))
	}
	_, obj, err := admit(ctx, documents[0])
	if err != nil {
		return nil, err
	}
	tr, ok := obj.(*v1.TaskRun)
	if !ok {
		return nil, fmt.Errorf("not a TaskRun")
	}
	tr.Namespace, tr.UID = namespace, runUID
	return tr, nil
}

// checkRun holds the checks of prepare that need the Task and the TaskRun together, so no webhook makes them.
func checkRun(ctx context.Context, task *v1.Task, tr *v1.TaskRun) error {
	resolved := &resources.ResolvedTask{TaskName: task.Name, TaskSpec: &task.Spec, Kind: v1.NamespacedTaskKind}
	if err := taskrun.ValidateResolvedTask(ctx, tr.Spec.Params, &v1.Matrix{}, resolved); err != nil {
		return err
	}
	if err := resources.ValidateParamArrayIndex(&task.Spec, tr.Spec.Params); err != nil {
		return err
	}
	if err := workspace.ValidateBindings(ctx, task.Spec.Workspaces, tr.Spec.Workspaces); err != nil {
		return err
	}
	steps, err := v1.MergeStepsWithStepTemplate(task.Spec.StepTemplate, task.Spec.Steps)
	if err != nil {
		return fmt.Errorf("merging stepTemplate: %w", err)
	}
	for _, step := range steps {
		// The controller would fetch the image's configuration from its registry, often without the rights to.
		if len(step.Command) == 0 && step.Script == "" {
			return fmt.Errorf("step %q has neither command nor script", step.Name)
		}
	}
	// The default affinity assistant schedules by one volume claim, so Tekton refuses a second one.
	return workspace.ValidateOnlyOnePVCIsUsed(tr.Spec.Workspaces)
}

// claimTemplates names the claims as Tekton does when it has created them.
func claimTemplates(tr *v1.TaskRun) []v1.WorkspaceBinding {
	bindings := make([]v1.WorkspaceBinding, 0, len(tr.Spec.Workspaces))
	for _, b := range tr.Spec.Workspaces {
		if b.VolumeClaimTemplate != nil {
			claim := volumeclaim.GeneratePVCNameFromWorkspaceBinding(b.VolumeClaimTemplate.Name, b, *kmeta.NewControllerRef(tr))
			b = v1.WorkspaceBinding{Name: b.Name, SubPath: b.SubPath,
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}
		}
		bindings = append(bindings, b)
	}
	return bindings
}
