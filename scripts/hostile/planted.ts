/** Secrets that stand where a run has secrets, and the search for them where they must never be. */
import { formsOf } from '../../test/support/secret-forms.ts';

/** Long and unlike anything else, so that a find is no chance. */
export const planted = {
  password: 'Pl4nted+pass/word=Zk7q',
  token: 'pl4ntedRegistryToken9Vx2LmQ8',
  identity: 'pl4ntedIdentityToken5Hs3NwR1',
  variable: 'pl4ntedVariable7Yb6TcD0',
} as const;

export const user = 'plantedUser';

const forms: readonly (readonly [name: string, form: string])[] = Object.entries({
  ...planted,
  basic: Buffer.from(`${user}:${planted.password}`).toString('base64'),
}).flatMap(([name, secret]) => formsOf(secret).map((form) => [name, form] as const));

/** Names of the secrets in a text, in any of their forms. */
export function secretsIn(text: string): readonly string[] {
  return [...new Set(forms.filter(([, form]) => text.includes(form)).map(([name]) => name))];
}
