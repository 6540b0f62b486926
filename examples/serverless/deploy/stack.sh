# shellcheck shell=bash
# What the scripts beside it ask of a stack.

# output STACK NAME: what the stack says of itself.
output() {
  aws cloudformation describe-stacks --stack-name "$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text
}
