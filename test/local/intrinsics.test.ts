// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is CloudFormation, not JavaScript
import { describe, expect, it } from 'vitest';
import { UnsupportedTemplateError } from '../../local/errors.ts';
import type { StackPlace, Template } from '../../local/template/cloudformation.ts';
import { Intrinsics } from '../../local/template/intrinsics.ts';

const place: StackPlace = {
  stackName: 'Stack-dev',
  account: '000000000000',
  region: 'eu-north-1',
  partition: 'aws',
};

function resolve(value: unknown, template: Partial<Template> = {}): unknown {
  const values = {
    ref: (id: string) => `ref-${id}`,
    getAtt: (id: string, attribute: string) => `${id}.${attribute}`,
  };
  return new Intrinsics({ Resources: {}, ...template }, place, values).resolve(value);
}

describe('Intrinsics', () => {
  it.each([
    [{ Ref: 'AWS::Region' }, 'eu-north-1'],
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ Ref: 'Queue' }, 'ref-Queue'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue.Arn'],
    [{ 'Fn::GetAtt': 'Table.Stream.Arn' }, 'Table.Stream.Arn'],
    [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'x']] }, 'arn:aws:x'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
    [
      { 'Fn::Sub': '${AWS::AccountId}/${Queue}/${Table.Arn}/${!literal}' },
      '000000000000/ref-Queue/Table.Arn/${literal}',
    ],
    [{ 'Fn::Sub': ['${name}!', { name: { Ref: 'Queue' } }] }, 'ref-Queue!'],
    [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ])('the intrinsic function %j is evaluated', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('conditions can refer to each other', () => {
    const template = {
      Conditions: {
        North: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-north-1'] },
        NotNorth: { 'Fn::Not': [{ Condition: 'North' }] },
        Either: { 'Fn::Or': [{ Condition: 'North' }, { Condition: 'NotNorth' }] },
        Both: { 'Fn::And': [{ Condition: 'North' }, { Condition: 'NotNorth' }] },
      },
    };
    expect(resolve({ 'Fn::If': ['Either', 'yes', 'no'] }, template)).toBe('yes');
    expect(resolve({ 'Fn::If': ['Both', 'yes', 'no'] }, template)).toBe('no');
  });

  it('AWS::NoValue is removed from objects and lists', () => {
    const nothing = { Ref: 'AWS::NoValue' };
    expect(resolve({ a: 1, b: nothing, c: [nothing, 2] })).toEqual({ a: 1, c: [2] });
  });

  it('the condition block of a policy statement is left as it is', () => {
    const statement = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(resolve(statement)).toEqual(statement);
  });

  it('a parameter resolves to its default, and is named in the error if it has none', () => {
    expect(resolve({ Ref: 'Size' }, { Parameters: { Size: { Default: 3 } } })).toBe(3);
    expect(() => resolve({ Ref: 'Size' }, { Parameters: { Size: {} } })).toThrow(/parameter Size/);
  });

  it('an unknown intrinsic function is named in the error', () => {
    expect(() => resolve({ 'Fn::ImportValue': 'x' })).toThrow(UnsupportedTemplateError);
    expect(() => resolve({ 'Fn::ImportValue': 'x' })).toThrow(/Fn::ImportValue/);
  });
});
