// First command of every npm script that runs the project. In plain old syntax: it has to run on the very
// versions that it turns away.
var WANTED = 24; // the `node` entry of devDependencies

if (parseInt(process.versions.node, 10) < WANTED) {
  console.error(
    'Node ' +
      WANTED +
      ' or later is needed and this is ' +
      process.version +
      '. npm ci installs it into ' +
      'node_modules unless install scripts or development dependencies are off: run "npm ci --ignore-scripts=false ' +
      '--include=dev", or put Node ' +
      WANTED +
      ' on the PATH.',
  );
  process.exit(1);
}
