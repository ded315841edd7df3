// Loaded into every sandbox by --import. The local run holds the other end of stdin, so a run that crashes or is killed
// leaves no orphaned processes.
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();
