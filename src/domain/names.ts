/** Branded strings, so that one kind of name cannot be passed for another. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The name ECPDS and Aviso know a user by (the `username` claim, else `sub`). Never empty. */
export type Username = Branded<'Username'>;
/** A destination in its canonical form (contract section 2, "Canonical value"). */
export type Destination = Branded<'Destination'>;
/** The name of an Aviso notification schema, as a client sent it in `event_type`. */
export type EventType = Branded<'EventType'>;

export const asUsername = (value: string): Username => value as Username;
export const asDestination = (value: string): Destination => value as Destination;
export const asEventType = (value: string): EventType => value as EventType;
