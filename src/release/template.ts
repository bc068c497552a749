/** What is known of a model before its model.yaml is written. */
export interface TemplateFacts {
  readonly name: string;
  readonly version: string;
  readonly owner: string;
  /** SPDX expression. */
  readonly licence: string;
  /** Directory with the model's files, relative to model.yaml. */
  readonly path: string;
  readonly format: string;
  readonly precision: string;
}

/**
 * A model.yaml to start from, with every key explained. Optional keys are there without being in force: a line that
 * starts with `#` and no single blank after it is a key, and taking the `#` away enables it.
 *
 * The facts are not checked; `parseModelYaml` of the text does.
 */
export function modelYamlTemplate(facts: TemplateFacts): string {
  return `# model.yaml describes one release of a model: what it is, where it came from and where it runs.
# Lines such as "#description:" are optional keys; take the "#" away to use one.
# An unknown key is an error, so a spelling mistake cannot be overlooked.

# Name of the model: the path of its repository in a registry, in lower case.
name: ${quote(facts.name)}
# Semantic version. A released version never changes: changed files need a new version.
version: ${quote(facts.version)}
# Team or person to turn to when the model misbehaves.
owner: ${quote(facts.owner)}
# Description of the model for people; a file, relative to this one.
modelCard: README.md
# Licence of the model as an SPDX expression; LicenseRef-<name> for one of your own.
licence: ${quote(facts.licence)}
# What the model is for.
#description: "Segments the layers of the retina in OCT scans."

# Where the trained model comes from, when the variants below are made from it.
#source:
  # The kind of place: a directory of this repository.
#  kind: directory
  # The directory, relative to this file.
#  path: checkpoints/best

# How the model came to be. Promotion asks for the run, the data set with its version, and the commit.
#provenance:
  # The training run, best as a URL.
#  trainingRun: "https://mlflow.example.com/#/experiments/7/runs/0a1b2c3d"
  # The data that the model was trained on.
#  dataset:
    # Name of the data set.
#    name: "retina"
    # Version of the data set, in quotes.
#    version: "3"
    # Where the data lies.
#    uri: "s3://datasets/retina/3"
    # Digest of the data, or of the file that lists it.
#    digest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  # When the training ended.
#  trainedAt: "2025-10-20T12:00:00Z"
  # Who or what trained the model.
#  trainedBy: "ml-eng@example.com"
  # Full commit of the training code, as "git rev-parse HEAD" prints it.
#  codeCommit: "8f4b7f84864484a7bf31766abe9204da3cbe65b3"
  # Repository of the training code.
#  codeRepository: "https://git.example.com/vision/retina"
  # The model that this one was trained from, with its revision.
#  baseModel: "example/backbone@1f2e3d4c"
  # What the training was set to: names with texts, numbers, true or false.
#  hyperparameters:
    # One line for each.
#    learningRate: 0.0003

# Builds of the model, one for each kind of target. A name has 1 to 32 lower-case letters and digits.
variants:
  default:
    # Directory with the files of this variant, relative to this file.
    path: ${quote(facts.path)}
    # What somebody must know before pulling the model.
    model:
      # Format of the files: safetensors, onnx, tensorrt, gguf, ...
      format: ${quote(facts.format)}
      # Precision of the weights: fp32, fp16, bf16, int8, ...
      precision: ${quote(facts.precision)}
      # Shape of the input tensor; -1 for a dimension that is known only at run time.
#      inputShape: [-1, 3, 512, 512]
      # Shape of the output tensor.
#      outputShape: [-1, 128, 512, 512]
      # GPU memory that the model needs, in GB.
#      vramGB: 2.1
      # Time of one inference on the target, in milliseconds.
#      latencyMs: 18
    # What the variant can do, in words that consumers ask for, such as [cv3, retina].
    capabilities: []
    # Where the variant runs.
    deployment:
      # Machines that it is made for, in words that your platform uses. Change this.
      targets: [workstation]
      # Lowest CUDA version that runs it, in quotes.
#      minCudaVersion: "12.0"
      # Lowest TensorRT version that runs it, in quotes.
#      minTensorRTVersion: "8.6"
      # Platform as container images name it.
#      platform: linux/amd64
      # Serving runtimes that run it, with the versions that do.
#      runtimes:
        # One line for each.
#        vllm: ">=0.9"
`;
}

/** A text as YAML: as it is when it cannot be taken for anything else, otherwise in quotes. */
function quote(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9 ._/@+-]*[A-Za-z0-9]$/.test(text) && !/^(?:true|false|null)$/i.test(text);
  return plain || /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(text) ? text : JSON.stringify(text);
}
