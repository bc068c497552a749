// What several tests share: running the built command line, a host that shows nothing, key pairs, small inputs, and
// pictures of a directory tree. Nothing here is imported by `src/` or `actions/`.
