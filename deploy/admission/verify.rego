# METADATA
# title: What `slipway verify --report` found, judged again
# description: >-
#   Denies unless the document says that the release may be used for the purpose, in the environment, that the
#   parameters name. A member that is missing, or of another form than asked for, denies.
package main

import rego.v1

# Parameters, from a file given with --data:
#   slipway:
#     purpose: deploy              # required: promote, deploy, rollback or serve; an audit permits nothing
#     environment: production      # required for deploy and rollback
#     states: [production]         # required
#     max_age: 1h                  # required: how old the verdict may be
#     proven_times: true           # a log or a timestamp authority must say when the signature was made
default parameters := {}

parameters := data.slipway if is_object(data.slipway)

purpose := object.get(parameters, "purpose", null)

environment := object.get(parameters, "environment", null)

states := object.get(parameters, "states", null)

proven_times := object.get(parameters, "proven_times", false)

# Every `not` below stands before the name of a rule or of something that is always defined: before a call, a member of
# the document that is missing would make the whole line undefined, and nothing would be denied.

deny contains "parameters: purpose must be promote, deploy, rollback or serve; give it with --data" if {
	not purpose in {"promote", "deploy", "rollback", "serve"}
}

deny contains sprintf("parameters: %v is not known", [name]) if {
	some name, _ in parameters
	not name in {"purpose", "environment", "states", "max_age", "proven_times"}
}

deny contains "parameters: environment is missing, and to deploy or to roll back there must be one" if {
	purpose in {"deploy", "rollback"}
	not is_string(environment)
}

deny contains "parameters: states must be a list of those that are permitted, such as [production]" if {
	not is_array(states)
}

deny contains "parameters: max_age is missing, or not a time span such as 1h" if not max_age_ns

deny contains "parameters: proven_times is neither true nor false" if not is_boolean(proven_times)

deny contains "the document is not a report of slipway verify, version 1" if not is_report

is_report if input.schema == "urn:slipway:verify-report:v1"

deny contains sprintf("not verified: %v", [why_not]) if not verified

verified if {
	input.verified == true
	input.refusal == null
}

default why_not := "the document gives no reason"

why_not := concat(" ", [input.refusal.code, input.refusal.message])

deny contains sprintf("judged for %v, not for %v", [object.get(input, "purpose", null), purpose]) if {
	not same_purpose
}

same_purpose if input.purpose == purpose

deny contains sprintf("judged for the environment %v, not for %v", [said, environment]) if {
	is_string(environment)
	said := object.get(input, "environment", null)
	not said == environment
}

deny contains sprintf("the release is %v; permitted: %v", [object.get(input, "state", null), states]) if {
	not permitted_state
}

permitted_state if input.state in states

deny contains "no signature that counts" if not signed

signed if {
	input.signature.accepted == true
	is_string(input.signature.signer.id)
}

deny contains "no policy was in force" if not has_policy

has_policy if is_string(input.policy.digest)

deny contains "not every rule holds, or none was judged" if not rules_hold

rules_hold if {
	count(input.rules) > 0
	every rule in input.rules {
		rule.ok == true
	}
}

deny contains sprintf("rule %v: %v", [rule.rule, rule.finding]) if {
	some rule in input.rules
	rule.ok == false
}

warn contains sprintf("rule %v: %v", [rule.rule, rule.finding]) if {
	some rule in input.rules
	rule.warning == true
}

deny contains "nothing proves when the signature was made" if {
	not proven_times == false
	not proven
}

proven if {
	some candidate in input.candidates
	candidate.accepted == true

	# A signature in the older storage is no statement and has no type.
	candidate.predicateType in {null, "https://sigstore.dev/cosign/sign/v1"}
	candidate.signer.id == input.signature.signer.id
	candidate.time.proven == true
}

max_age_ns := span if {
	span := time.parse_duration_ns(parameters.max_age)
	span > 0
}

deny contains sprintf("judged at %v, which is not within the last %v", [said, object.get(parameters, "max_age", "moment")]) if {
	said := object.get(input, "at", "no time")
	not recent
}

recent if {
	age := time.now_ns() - time.parse_rfc3339_ns(input.at)
	age <= max_age_ns

	# The clock that it was judged by may be five minutes ahead.
	age >= -300000000000
}
