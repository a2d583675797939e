"""The model a bot keeps with each call."""

from typing import Generic, TypeVar

import pytest
from pydantic import BaseModel

from callbot import Call, CallBot, HookError, Transition


class Order(BaseModel):
    number: int = 0


class Visit(BaseModel):
    who: str = ""


def test_a_bot_without_a_model_keeps_nothing() -> None:
    class Plain(CallBot):
        pass

    assert Plain.data_model is None


def test_a_bot_keeps_the_model_it_names_and_its_subclasses_inherit_or_change_it() -> None:
    class Shop(CallBot[Order]):
        async def on_incoming(self, call: Call[Order], transition: Transition) -> None:
            call.data.number += 1

    class Branch(Shop):
        pass

    class Other(Shop, CallBot[Visit]):
        pass

    assert Shop.data_model is Order
    assert Branch.data_model is Order
    assert Other.data_model is Visit


def test_the_model_is_found_through_a_generic_base() -> None:
    Kept = TypeVar("Kept", bound=BaseModel)

    class Base(CallBot[Kept], Generic[Kept]):
        pass

    class Shop(Base[Order]):
        pass

    assert Base.data_model is None
    assert Shop.data_model is Order


def test_a_model_with_a_field_that_must_be_given_is_refused_when_the_class_is_made() -> None:
    class Demanding(BaseModel):
        name: str
        age: int = 0

    with pytest.raises(HookError, match="Shop keeps Demanding, whose name must have a default"):

        class Shop(CallBot[Demanding]):
            pass
