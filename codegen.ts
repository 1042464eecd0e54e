import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types the operations of test/operations against the committed schema: `npm run codegen`. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'test/operations/*.graphql',
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        // test/generated/persisted-documents.json: what TRUSTED_DOCUMENTS_FILE may be.
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
      },
      config: {
        // Documents are strings that know their types: what a client posts, with nothing to print first.
        documentMode: 'string',
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          ID: 'string',
          AwsAccountId: 'string',
          AwsRegion: 'string',
          EmailAddress: 'string',
          DateTime: 'string',
        },
      },
    },
  },
  importExtension: '.js',
};

export default config;
