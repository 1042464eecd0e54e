// @ts-check
import { defineConfig, globalIgnores } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { functionLines } from './scripts/functionLines.ts';

const programs = ['src/**/*.ts', 'sandbox/**/*.ts', 'client/src/**/*.ts', 'cli/src/**/*.ts'];

export default defineConfig(
  globalIgnores(['**/dist/', '**/generated/', '.data/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { local: { rules: { 'function-lines': functionLines } } },
    rules: {
      // A function fits on a screen. SQL is not counted.
      'local/function-lines': ['error', 60],
      complexity: ['error', 12],
      'max-params': ['error', 4],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type A }` loads the module at run time; `import type { A }` does not.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // A default case would hide a new enum member.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      // A function behind a port is async, with or without await, so that an error is always a rejection.
      '@typescript-eslint/require-await': 'off',
      // The rule takes the update of a for loop, `await sleep(20)`, for a value.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An empty string often means the same as null.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // The rule refuses Promise.withResolvers<void>().
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Factories keep their state in closures; a method here has no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      curly: ['error', 'all'],
      // `== null` is the one test for null and undefined.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: programs,
    rules: {
      'max-lines': ['error', { max: 300 }],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only the loader of the configuration reads the environment.',
        },
      ],
      'no-restricted-imports': [
        'error',
        { name: 'node:process', message: 'Use the global `process`; its environment belongs to config.ts.' },
        { name: 'process', message: 'Use the global `process`; its environment belongs to config.ts.' },
      ],
    },
  },
  {
    // A regular expression takes time in proportion to the length of its text. One that is built from parts cannot be checked.
    files: ['{src,sandbox,web,client,cli}/**/*.{ts,tsx}'],
    plugins: { regexp },
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(NewExpression, CallExpression)[callee.name="RegExp"]',
          message: 'Write a regular expression as a literal, so that the rules of regexp check it.',
        },
      ],
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': [
        'error',
        { report: 'potential', ignoreSticky: false, ignorePartial: false },
      ],
    },
  },
  {
    // Only the loaders read the environment. The health check needs two variables, and Node's own flags are in one.
    files: [
      'sandbox/main.ts',
      'src/config/processConfig.ts',
      'sandbox/config.ts',
      'cli/src/main.ts',
      'src/{healthCommand,nodeFlags}.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // type-graphql needs classes, some with decorators only.
    files: ['src/schema/**/*.ts', 'src/resolvers/**/*.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }] },
  },
  {
    files: [
      // client/src/index.ts is what the package exports.
      '{src,sandbox}/**/{index,utils,util,helpers,lib,common}.ts',
      '{src,sandbox}/**/{utils,util,helpers,lib,common}/**/*.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'No barrels and no grab-bags: name the file for what it does.' },
      ],
    },
  },
  {
    // A test knows its own data, and a matcher such as expect.objectContaining has the type any.
    files: ['test/**/*.ts'],
    rules: {
      // A describe block is a function.
      'local/function-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  // Files with a function that is still over a limit. A file leaves its list when it is clean.
  {
    files: ['bench/history.ts', 'bench/partitions.ts', 'test/lanes/laneSimulation.ts'],
    rules: { complexity: 'off' },
  },
  {
    files: ['bench/history.ts', 'bench/inventory.ts', 'bench/partitions.ts', 'bench/support/largeRecord.ts'],
    rules: { 'local/function-lines': 'off' },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.base],
    rules: { 'no-unused-vars': 'error' },
  },
);
