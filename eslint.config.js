import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const typed = ts.configs.strictTypeChecked.map((config) => ({
  ...config,
  files: ['src/**/*.ts', 'src/**/*.svelte', 'test/**/*.ts', 'test/**/*.svelte', 'vite.config.ts'],
}));

export default ts.config(
  { ignores: ['dist/', 'dist-edge/', '.cache/', 'node_modules/'] },
  js.configs.recommended,
  ...typed,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: [
          './tsconfig.core.json',
          './tsconfig.json',
          './tsconfig.proxy.json',
          './tsconfig.test.json',
        ],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
        parser: ts.parser,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-undef': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['src/**/*.svelte'],
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      // Props are destructured with `let` as soon as one of them is bindable.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // The linter sees a generic component's props as any; svelte-check knows and checks them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['src/app/**/*.svelte.ts'],
    rules: {
      // What comes from a store or worker is replaced whole: `$state.raw` over plain collections.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test asserts on what it found; the assertion itself is the check.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: { globals: globals.node },
  },
);
