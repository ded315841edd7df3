// CDK's check of every template against CloudFormation's schemas takes most of the time of a test.
process.env.CDK_VALIDATION = 'false';

// As `cdk init` configured apps for years: ts-jest, which checks types, over CommonJS with node10 resolution.
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.node10.json' }] },
};
