// @ts-check
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const programs = ['src/**/*.ts', 'sandbox/**/*.ts'];

export default defineConfig(
  globalIgnores(['dist/', 'src/generated/', 'test/generated/', '.data/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type A }` would still load the module at run time; `import type { A }` is gone.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // A new enum member must be met everywhere; a default would swallow it.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      // A function behind a port is async so that what it throws is always a rejection, awaiting or not.
      '@typescript-eslint/require-await': 'off',
      // It takes the update of a for loop, `await sleep(20)`, for a value.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An empty string is often as good as none.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // It refuses Promise.withResolvers<void>().
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Factories keep their state in closures; a method here has no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Null and absent are the same to who asks; `== null` is the one test for both.
      curly: ['error', 'all'],
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
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
      'no-restricted-imports': [
        'error',
        { name: 'node:process', message: 'Use the global `process`; its environment belongs to config.ts.' },
        { name: 'process', message: 'Use the global `process`; its environment belongs to config.ts.' },
      ],
    },
  },
  {
    // The entry points hand the environment to the loader, which alone knows what is in it.
    files: ['{src,sandbox}/main.ts', 'src/tokenCommand.ts', 'src/config/loadConfig.ts', 'sandbox/config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // type-graphql wants classes, also those that carry only decorators.
    files: ['src/schema/**/*.ts', 'src/resolvers/**/*.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }] },
  },
  {
    files: [
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
    // A test knows what it put in; a matcher such as expect.objectContaining is typed any.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.base],
    rules: { 'no-unused-vars': 'error' },
  },
);
