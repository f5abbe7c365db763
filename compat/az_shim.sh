#!/usr/bin/env bash
# The idioms of scripts written for the Azure CLI, through a link named `az`: what azureml-examples' run-job.sh and
# deploy-safe-rollout-online-endpoints.sh rely on, exit codes and clean standard output included.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$MARTLET_COMPAT_WORK/az_shim"
mkdir -p "$work/bin"
ln -s "$(command -v martlet)" "$work/bin/az"
PATH="$work/bin:$PATH"
cd "$work"

fail() { echo "    FAILED $*"; exit 1; }
ok() { printf '    ok  %5d s  %s\n' $((SECONDS - since)) "$1"; since=$SECONDS; }
since=$SECONDS
# same FOUND EXPECTED WHAT
same() { [ "$1" = "$2" ] || fail "$3 is '$1', expected '$2'"; }
# code EXPECTED COMMAND...
code() {
    local expected=$1 found=0
    shift
    "$@" >"$work/out" 2>"$work/err" || found=$?
    [ "$found" = "$expected" ] || fail "'$*' ended with $found, expected $expected: $(cat "$work/err")"
}

code 0 az account show -o none
code 0 az account set --subscription 00000000-0000-0000-0000-000000000000
code 0 az extension add -n ml -y
code 0 az configure --defaults group=martlet workspace=default location=local
code 0 az version -o none
ok "account, extension, configure"

cat >env.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
name: az-plain
image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04
Y
same "$(az ml environment create -f env.yml --query version -o tsv)" 1 "the version of the environment"
same "$(az ml environment show -n az-plain -l latest --query name -o tsv)" az-plain "the latest environment"
code 0 az ml compute create -n az-cluster --type amlcompute --size Standard_DS3_v2 --min-instances 0 --max-instances 2
same "$(az ml compute show -n az-cluster --query provisioning_state -o tsv)" Succeeded "the compute"
mkdir photos && echo one >photos/a.txt && echo two >photos/b.txt
same "$(az ml data create -n az-photos --path photos --type uri_folder --query version -o tsv)" 1 "the version of the data"
same "$(az ml data list --query "[?name=='az-photos'].name" -o tsv)" az-photos "the data listed"
ok "environment, compute, data"

cat >job.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: >-
  ls ${{inputs.photos}} && cp ${{inputs.photos}}/a.txt ${{outputs.copy}}/ && echo epochs ${{inputs.epochs}} && exit ${{inputs.code}}
inputs:
  photos:
    type: uri_folder
    path: azureml:az-photos@latest
  epochs: 3
  code: 0
outputs:
  copy:
    type: uri_folder
environment: azureml:az-plain@latest
compute: azureml:az-cluster
experiment_name: az_shim
Y
# run-job.sh, as it stands in azureml-examples but for its sleep.
run_id="$(az ml job create -f job.yml --query name -o tsv)" || fail "job create"
[ -n "$run_id" ] || fail "job create printed no name"
status="$(az ml job show -n "$run_id" --query status -o tsv)"
running=(Queued NotStarted Starting Preparing Running Finalizing)
while [[ " ${running[*]} " == *" $status "* ]]; do
    sleep 0.5
    status="$(az ml job show -n "$run_id" --query status -o tsv)"
done
same "$status" Completed "the job's status"
ok "run-job.sh: create, poll, end"

code 0 az ml job stream -n "$run_id"
grep -q 'epochs 3' "$work/out" || fail "stream does not show the log: $(cat "$work/out")"
code 0 az ml job download -n "$run_id" --output-name copy --download-path down
same "$(cat "$(find down -name a.txt)")" one "the downloaded output"
changed="$(az ml job create -f job.yml --set inputs.epochs=7 experiment_name=az_other display_name=changed --query experiment_name -o tsv)"
same "$changed" az_other "the experiment after --set"
code 1 az ml job create -f job.yml --set inputs.code=9 --stream
code 3 az ml job show -n no-such-job
code 2 az ml job show
code 2 az ml job create -f job.yml --no-such-flag
az ml job show -n "$run_id" -o json | python3 -c 'import json,sys; json.load(sys.stdin)' || fail "-o json is not JSON alone"
az ml job list -o table | grep -q "$run_id" || fail "the table lacks the job"
ok "stream, download, --set, exit codes, output forms"

cp -r "$here/project/src" src && echo '{"weight": 4, "bias": -2}' >model.json
code 0 az ml model create -n az-light --path model.json --type custom_model
cat >endpoint.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: az-endpoint
auth_mode: key
Y
cat >conda.yml <<'Y'
dependencies:
  - python=3.11
Y
for name in blue green; do
    cat >$name.yml <<Y
\$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: $name
endpoint_name: az-endpoint
model: azureml:az-light@latest
code_configuration:
  code: src
  scoring_script: score.py
environment:
  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04
  conda_file: conda.yml
environment_variables:
  DEPLOYMENT: $name
instance_type: Standard_DS3_v2
instance_count: 1
Y
done
printf 'P5\n4 4\n255\n%s' zzzzzzzzzzzzzzzz | base64 -w0 | sed 's/.*/{"image": "&"}/' >request.json

# deploy-safe-rollout-online-endpoints.sh
E=az-endpoint
code 0 az ml online-endpoint create --name $E -f endpoint.yml
code 0 az ml online-deployment create --name blue --endpoint $E -f blue.yml --all-traffic
same "$(az ml online-endpoint show -n $E --query provisioning_state -o tsv)" Succeeded "the endpoint"
same "$(az ml online-deployment show --name blue --endpoint $E --query provisioning_state -o tsv)" Succeeded "the deployment"
code 0 az ml online-endpoint invoke --name $E --request-file request.json
grep -q blue "$work/out" || fail "invoke answered $(cat "$work/out")"
code 0 az ml online-deployment create --name green --endpoint $E -f green.yml
code 0 az ml online-endpoint invoke --name $E --deployment-name green --request-file request.json
grep -q green "$work/out" || fail "invoke of green answered $(cat "$work/out")"
code 0 az ml online-endpoint update --name $E --traffic "blue=90 green=10"
same "$(az ml online-endpoint show -n $E --query traffic.green -o tsv)" 10 "green's traffic"
key="$(az ml online-endpoint get-credentials -n $E --query primaryKey -o tsv)"
uri="$(az ml online-endpoint show -n $E --query scoring_uri -o tsv)"
ca="$(python3 -c 'import json,os; print(json.load(open(os.environ["MARTLET_CLIENT"]))["caFile"])')"
curl --silent --fail --cacert "$ca" -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d @request.json "$uri" |
    grep -q '"light"' || fail "curl to $uri"
refused="$(curl -s -o /dev/null -w '%{http_code}' --cacert "$ca" -H 'Authorization: Bearer wrong' -d @request.json "$uri")"
same "$refused" 401 "the status with a wrong key"
code 0 az ml online-endpoint update --name $E --traffic "blue=0 green=100"
code 0 az ml online-deployment get-logs --name green --endpoint $E --lines 50
code 0 az ml online-deployment delete --name blue --endpoint $E --yes --no-wait
code 0 az ml online-endpoint delete --name $E --yes
code 3 az ml online-endpoint show -n $E
ok "safe rollout of two deployments"
