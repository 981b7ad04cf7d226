"""The tables of the directory as it began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "local_authority",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("council_name_cy", sa.Text(), nullable=True),
        sa.Column("council_name_en", sa.Text(), nullable=True),
        sa.Column("ons_code", sa.String(length=9), nullable=True),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("towns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("council", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("childrens_services", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("fis_service", sa.String(length=100), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_authority")),
        sa.UniqueConstraint("ons_code", name=op.f("uq_local_authority_ons_code")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("description_cy", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("url_cy", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_table(
        "outcode",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("local_authorities", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("trace_local_authorities", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("partly_in_england", sa.Boolean(), nullable=True),
        sa.Column("wales_share", sa.Float(), nullable=True),
        sa.Column("postcodes_seen", sa.Integer(), nullable=True),
        sa.Column("post_towns_cy", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("post_towns_en", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcode")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("also", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=20), nullable=True),
        sa.Column("authorities", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=True),
        sa.Column("border", sa.Boolean(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("position_from", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_table(
        "place_word",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_word")),
    )
    op.create_table(
        "taxonomy_term",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words_cy", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("words_en", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hints_cy", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("hints_en", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("broader", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("address_cy", sa.Text(), nullable=True),
        sa.Column("address_en", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.String(length=8), nullable=True),
        sa.Column("local_authority_id", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["local_authority_id"],
            ["local_authority.id"],
            name=op.f("fk_location_local_authority_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    op.create_table(
        "prison",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("short_cy", sa.Text(), nullable=True),
        sa.Column("short_en", sa.Text(), nullable=True),
        sa.Column("also_known_as", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("holds", sa.String(length=20), nullable=True),
        sa.Column("category_cy", sa.Text(), nullable=True),
        sa.Column("category_en", sa.Text(), nullable=True),
        sa.Column("address_cy", sa.Text(), nullable=True),
        sa.Column("address_en", sa.Text(), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("local_authority_id", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=20), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("phone", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("booking_phone", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("safer_custody_phone", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("gov_uk_url", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["local_authority_id"],
            ["local_authority.id"],
            name=op.f("fk_prison_local_authority_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prison")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.String(length=100), nullable=True),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("description_cy", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("url_cy", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_cy", sa.Text(), nullable=True),
        sa.Column("webchat", sa.Boolean(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default="active", nullable=False),
        sa.Column("relevance", sa.String(length=20), nullable=False),
        sa.Column("welsh", sa.String(length=20), nullable=True),
        sa.Column("coverage", sa.String(length=20), nullable=False),
        sa.Column("bank_holidays", sa.String(length=20), nullable=False),
        sa.Column("hours_note_cy", sa.Text(), nullable=True),
        sa.Column("hours_note_en", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_table(
        "attribute",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("taxonomy_term_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_attribute_service_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_term_id"],
            ["taxonomy_term.id"],
            name=op.f("fk_attribute_taxonomy_term_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_attribute")),
    )
    op.create_table(
        "contact",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_cy", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("title_cy", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_contact_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_contact")),
    )
    op.create_table(
        "cost_option",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("option_cy", sa.Text(), nullable=True),
        sa.Column("option_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_cost_option_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_cost_option")),
    )
    op.create_table(
        "eligibility",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("eligibility_cy", sa.Text(), nullable=True),
        sa.Column("eligibility_en", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("age_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_eligibility_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_eligibility")),
    )
    op.create_table(
        "language",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_language_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_language")),
    )
    op.create_table(
        "phone",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=True),
        sa.Column("keyword", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("free", sa.Boolean(), nullable=True),
        sa.Column("description_cy", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_phone_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_phone")),
    )
    op.create_table(
        "prison_fact",
        sa.Column("prison_id", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_cy", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.String(length=20), nullable=False),
        sa.Column("sources", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["prison_id"], ["prison.id"], name=op.f("fk_prison_fact_prison_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prison_id", "topic", name=op.f("pk_prison_fact")),
    )
    op.create_table(
        "schedule",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("byday", sa.String(length=20), nullable=False),
        sa.Column("opens_at", sa.String(length=5), nullable=False),
        sa.Column("closes_at", sa.String(length=5), nullable=False),
        sa.Column("description_cy", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_schedule_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_schedule")),
    )
    op.create_table(
        "service_area",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("local_authority_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["local_authority_id"],
            ["local_authority.id"],
            name=op.f("fk_service_area_local_authority_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_area_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_service_area")),
    )
    op.create_table(
        "service_at_location",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_service_at_location_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_at_location_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_service_at_location")),
    )
    op.create_table(
        "service_listing",
        sa.Column("term", sa.String(length=50), nullable=False),
        sa.Column("area", sa.String(length=60), nullable=False),
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("fit", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reach", sa.SmallInteger(), nullable=False),
        sa.Column("welsh", sa.SmallInteger(), nullable=False),
        sa.Column("free", sa.SmallInteger(), nullable=False),
        sa.Column("has_phone", sa.SmallInteger(), nullable=False),
        sa.Column("for_prison", sa.SmallInteger(), nullable=False),
        sa.Column("minimum_age", sa.SmallInteger(), nullable=False),
        sa.Column("maximum_age", sa.SmallInteger(), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_listing_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("term", "area", "service_id", name=op.f("pk_service_listing")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_service_listing_ranking",
            "service_listing",
            ["term", "area"],
            unique=False,
            postgresql_include=[
                "service_id",
                "fit",
                "score",
                "reach",
                "welsh",
                "free",
                "has_phone",
                "for_prison",
                "minimum_age",
                "maximum_age",
                "hours",
            ],
        )
    op.create_index(
        "ix_service_listing_service_id", "service_listing", ["service_id"], unique=False
    )
    op.create_table(
        "service_prison",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prison_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["prison_id"],
            ["prison.id"],
            name=op.f("fk_service_prison_prison_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_prison_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "position", name=op.f("pk_service_prison")),
    )
    op.create_table(
        "service_text",
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_text_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_text")),
    )
    op.create_table(
        "service_word",
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("service_id", sa.String(length=100), nullable=False),
        sa.Column("of_words", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_word_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "service_id", name=op.f("pk_service_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_service_word_service_id", "service_word", ["service_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_service_word_service_id", table_name="service_word")
    op.drop_table("service_word")
    op.drop_table("service_text")
    op.drop_table("service_prison")
    op.drop_index("ix_service_listing_service_id", table_name="service_listing")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_service_listing_ranking", table_name="service_listing")
    op.drop_table("service_listing")
    op.drop_table("service_at_location")
    op.drop_table("service_area")
    op.drop_table("schedule")
    op.drop_table("prison_fact")
    op.drop_table("phone")
    op.drop_table("language")
    op.drop_table("eligibility")
    op.drop_table("cost_option")
    op.drop_table("contact")
    op.drop_table("attribute")
    op.drop_table("service")
    op.drop_table("prison")
    op.drop_table("location")
    op.drop_table("taxonomy_term")
    op.drop_table("place_word")
    op.drop_table("place")
    op.drop_table("outcode")
    op.drop_table("organization")
    op.drop_table("local_authority")
