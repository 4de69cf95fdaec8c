//! Several members of an object at once.
//!
//! A generated type takes all its members in one call instead of one for each,
//! which halves what the compiler has to look at: every `?` is a branch that
//! drops what was decoded before.

use super::{Decode, DecodeError, Object};

/// What an object can be asked for by name: any [`Decode`] if the member is
/// required, an `Option` of it if the member is optional.
pub trait Member<'de>: Sized {
    /// Takes the member `name`.
    ///
    /// # Errors
    /// It does not fit, or is required and absent.
    fn take(object: &mut Object<'_, 'de>, name: &str) -> Result<Self, DecodeError>;
}

impl<'de, T: Decode<'de>> Member<'de> for T {
    fn take(object: &mut Object<'_, 'de>, name: &str) -> Result<Self, DecodeError> {
        object.required(name)
    }
}

impl<'de, T: Decode<'de>> Member<'de> for Option<T> {
    fn take(object: &mut Object<'_, 'de>, name: &str) -> Result<Self, DecodeError> {
        object.optional(name)
    }
}

/// A tuple of two to sixteen [`Member`]s, to be asked for by as many names.
pub trait MemberTuple<'de, const COUNT: usize>: Sized {
    /// Takes the members in the order of their names.
    ///
    /// # Errors
    /// Those of the first that fails.
    fn take(object: &mut Object<'_, 'de>, names: [&str; COUNT]) -> Result<Self, DecodeError>;
}

macro_rules! tuples {
    ($($count:literal: $($ty:ident $name:ident),*;)*) => {$(
        impl<'de, $($ty: Member<'de>),*> MemberTuple<'de, $count> for ($($ty,)*) {
            fn take(
                object: &mut Object<'_, 'de>,
                [$($name),*]: [&str; $count],
            ) -> Result<Self, DecodeError> {
                Ok(($($ty::take(object, $name)?,)*))
            }
        }
    )*};
}

tuples! {
    2: A a, B b;
    3: A a, B b, C c;
    4: A a, B b, C c, D d;
    5: A a, B b, C c, D d, E e;
    6: A a, B b, C c, D d, E e, F f;
    7: A a, B b, C c, D d, E e, F f, G g;
    8: A a, B b, C c, D d, E e, F f, G g, H h;
    9: A a, B b, C c, D d, E e, F f, G g, H h, I i;
    10: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j;
    11: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k;
    12: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l;
    13: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m;
    14: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n;
    15: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o;
    16: A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p;
}
