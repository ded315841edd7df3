// Loaded into every sandbox by --import: the local run holds the other end of stdin, so a run that crashed or was
// killed leaves no orphans behind.
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();
