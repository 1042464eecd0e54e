import type { CodegenConfig } from '@graphql-codegen/cli';

const types = {
  useTypeImports: true,
  strictScalars: true,
  scalars: {
    ID: 'string',
    AwsAccountId: 'string',
    AwsRegion: 'string',
    EmailAddress: 'string',
    DateTime: 'string',
  },
};

/** Types the documents of operations/ for the client, and those of test/operations, against the committed schema: `npm run codegen`. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: {
    'client/src/generated/types.ts': {
      documents: 'operations/**/*.graphql',
      plugins: ['typescript-operations'],
      config: types,
    },
    'client/src/generated/documents.ts': {
      documents: 'operations/**/*.graphql',
      plugins: ['./scripts/clientDocuments.ts'],
    },
    // Committed: what TRUSTED_DOCUMENTS_FILE may be.
    'client/trusted-documents.json': {
      documents: 'operations/**/*.graphql',
      plugins: ['./scripts/trustedDocuments.ts'],
    },
    'cli/src/generated/tools.ts': {
      documents: 'operations/**/*.graphql',
      plugins: ['./scripts/mcpTools.ts'],
    },
    'test/generated/': {
      documents: 'test/operations/*.graphql',
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        // test/generated/persisted-documents.json: what TRUSTED_DOCUMENTS_FILE may be.
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
      },
      // Documents are strings that know their types: what a client posts, with nothing to print first.
      config: { documentMode: 'string', ...types },
    },
  },
  // The build of the image has no tests.
  ignoreNoDocuments: true,
  importExtension: '.js',
};

export default config;
