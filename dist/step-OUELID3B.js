import{suggestedName}from"./chunk-MLIRBEGL.js";import{parseModelYaml}from"./chunk-3DIU7VUW.js";import"./chunk-AUUEGJAW.js";import"./chunk-YHKF6NNR.js";import"./chunk-5TV2VMCV.js";import"./chunk-H5WDHCGD.js";import"./chunk-MX5FJQ46.js";import"./chunk-MN7FYZRG.js";import"./chunk-WQU75F55.js";import"./chunk-5PJUIDOS.js";import{defineErrors}from"./chunk-A2FSLSPQ.js";import{reason,systemCode}from"./chunk-74F4CGGK.js";import{__name}from"./chunk-NJBTAX24.js";import{mkdir,rm,stat as stat2,writeFile}from"node:fs/promises";import{basename,dirname,join as join2,relative}from"node:path";function modelYamlTemplate(facts){return`# model.yaml describes one release of a model: what it is, where it came from and where it runs.
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
`}__name(modelYamlTemplate,"modelYamlTemplate");function quote(text){return/^[A-Za-z][A-Za-z0-9 ._/@+-]*[A-Za-z0-9]$/.test(text)&&!/^(?:true|false|null)$/i.test(text)||/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(text)?text:JSON.stringify(text)}__name(quote,"quote");var initError=defineErrors("Step init",{FILE_EXISTS:{family:"configuration",meaning:"A file that would be written exists already; nothing was written.",remedy:"Edit the file that is there, or remove it first."},FILE_UNWRITABLE:{family:"configuration",meaning:"A file cannot be written here.",remedy:"Run in a directory of your own."}});import{readdir,readFile,stat}from"node:fs/promises";import{join}from"node:path";var formats=[[/\.safetensors$/i,"safetensors"],[/\.gguf$/i,"gguf"],[/\.(engine|plan|trt)$/i,"tensorrt"],[/\.onnx$/i,"onnx"],[/\.(pt|pth|bin)$/i,"pytorch"],[/\.(h5|keras)$/i,"keras"],[/\.tflite$/i,"tflite"]],precisions={bfloat16:"bf16",float16:"fp16",float32:"fp32",float64:"fp64"},maxConfigBytes=1024*1024;async function lookAt(directory){let names=await readdir(directory).catch(()=>[]);return{format:formats.find(([pattern])=>names.some(name=>pattern.test(name)))?.[1]??"safetensors",precision:await precisionOf(join(directory,"config.json"))??"bf16"}}__name(lookAt,"lookAt");async function precisionOf(config){try{if((await stat(config)).size>maxConfigBytes)return;let value=JSON.parse(await readFile(config,"utf8"));if(typeof value!="object"||value===null)return;let dtype="torch_dtype"in value?value.torch_dtype:"dtype"in value?value.dtype:void 0;return typeof dtype=="string"?precisions[dtype]??void 0:void 0}catch{return}}__name(precisionOf,"precisionOf");var placeholderActions="OWNER/slipway@0000000000000000000000000000000000000000";function releaseWorkflow(modelYaml,actions){let at=actions.lastIndexOf("@"),action=__name(step=>`${actions.slice(0,at)}/actions/${step}${actions.slice(at)}`,"action");return`# Releases the model of this repository when a version tag is pushed, or by hand.
# Before the first run: make a key pair and store the private key as the secret SLIPWAY_SIGNING_KEY; commit the
# public key as keys/release.pub.
#   openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out release.pem
#   openssl pkey -in release.pem -pubout -out keys/release.pub
name: Release model

on:
  push:
    tags: ["v*"]
  workflow_dispatch:

permissions: {}

concurrency:
  group: release-model-\${{ github.ref }}
  cancel-in-progress: false

jobs:
  release:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: release
    permissions:
      contents: read
      packages: write # copies the release to the registry
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          lfs: true
          persist-credentials: false

      - name: Package
        id: package
        uses: ${action("package")}
        with:
          model: ${modelYaml}

      - name: Sign
        uses: ${action("sign")}
        env:
          SLIPWAY_SIGNING_KEY: \${{ secrets.SLIPWAY_SIGNING_KEY }}
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: env://SLIPWAY_SIGNING_KEY

      - name: Verify
        uses: ${action("verify")}
        with:
          subject: \${{ steps.package.outputs.reference }}
          key: keys/release.pub

      - uses: oras-project/setup-oras@1d808f7d7f6995cc68b7bf507bfe5c5446e1dc9d # v2.0.1
        with:
          version: 1.3.3

      - name: Copy the release and its signature to the registry
        env:
          REFERENCE: \${{ steps.package.outputs.reference }}
          TAG: \${{ steps.package.outputs.tag }}
          REGISTRY_TOKEN: \${{ github.token }}
        run: |
          layout=\${REFERENCE#oci:}
          target=ghcr.io/$(printf '%s' "$GITHUB_REPOSITORY" | tr '[:upper:]' '[:lower:]')/model
          printf '%s' "$REGISTRY_TOKEN" | oras login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          oras cp --recursive --from-oci-layout "\${layout%@*}" "$target:$TAG"
`}__name(releaseWorkflow,"releaseWorkflow");var run=__name(async(inputs,host)=>{let files={model:"model.yaml",workflow:".github/workflows/release-model.yml"};for(let file of Object.values(files))await requireAbsent(host.directory,file);let{format,precision}=await lookAt(inputs.model),text=modelYamlTemplate({name:inputs.name??suggestedName(basename(host.directory)),version:inputs.version,owner:inputs.owner??"the-team@example.com",licence:inputs.licence??"LicenseRef-unknown",path:relative(host.directory,inputs.model)||".",format,precision});parseModelYaml(text,files.model),await write(host.directory,files.model,text);try{await write(host.directory,files.workflow,releaseWorkflow(files.model,inputs.actions??placeholderActions))}catch(error){throw await rm(join2(host.directory,files.model),{force:!0}),error}return{outputs:files,summary:{title:"Wrote a model.yaml and a workflow to start from",facts:[{label:"model",value:files.model,code:!0},{label:"workflow",value:files.workflow,code:!0},{label:"guessed",value:`format ${format}, precision ${precision}`},{label:"next",value:"fill in model.yaml, then: slipway package"}]}}},"run");async function requireAbsent(directory,file){if(await stat2(join2(directory,file)).catch(()=>{})!==void 0)throw initError("FILE_EXISTS",`${file} exists already`)}__name(requireAbsent,"requireAbsent");async function write(directory,file,text){try{await mkdir(dirname(join2(directory,file)),{recursive:!0}),await writeFile(join2(directory,file),text,{flag:"wx"})}catch(error){throw systemCode(error)==="EEXIST"?initError("FILE_EXISTS",`${file} exists already`):initError("FILE_UNWRITABLE",`cannot write ${file}: ${reason(error)}`,{cause:error})}}__name(write,"write");export{run};
